module eidos/tests/peers/openapi

go 1.24.0

require k8s.io/kubernetes v1.36.3 // file api/openapi-spec/swagger.json
