module eidos/tests/peers/archives

go 1.24.0
