# Snapshots of hosts that Terraform made: eidos is copied there, run, and its snapshot brought here; at the end the
# nodes that differ are named. Needs ssh to the hosts and eidos on this machine.
#
#   terraform init && terraform apply -var 'hosts=["gpu-1.example","gpu-2.example"]'

terraform {
  required_version = ">= 1.4"
}

variable "hosts" {
  type        = list(string)
  description = "Names or addresses to reach by ssh."
}

variable "user" {
  type    = string
  default = "root"
}

variable "eidos" {
  type        = string
  default     = "/usr/local/bin/eidos"
  description = "The program on this machine; one file that needs glibc only."
}

variable "results" {
  type    = string
  default = "results"
}

resource "terraform_data" "snapshot" {
  for_each = toset(var.hosts)

  # Anew each time: a snapshot is of now.
  triggers_replace = [timestamp()]

  connection {
    host = each.key
    user = var.user
  }

  provisioner "file" {
    source      = var.eidos
    destination = "/tmp/eidos"
  }

  provisioner "remote-exec" {
    inline = [
      "chmod +x /tmp/eidos",
      "/tmp/eidos snapshot --exclude k8s,topology -o /tmp/eidos-snapshot.yaml --allow-outside",
      "rm /tmp/eidos",
    ]
  }

  # Terraform brings no file back; scp does.
  provisioner "local-exec" {
    command = "mkdir -p \"$RESULTS\" && scp -q \"$FROM:/tmp/eidos-snapshot.yaml\" \"$RESULTS/$HOST.yaml\""
    environment = {
      FROM    = "${var.user}@${each.key}"
      HOST    = each.key
      RESULTS = var.results
    }
  }
}

resource "terraform_data" "outliers" {
  depends_on       = [terraform_data.snapshot]
  triggers_replace = [timestamp()]

  provisioner "local-exec" {
    command = "\"$EIDOS\" fleet outliers \"$RESULTS\" -o \"$RESULTS/summary.yaml\" && \"$EIDOS\" fleet outliers \"$RESULTS\""
    environment = {
      EIDOS   = var.eidos
      RESULTS = var.results
    }
  }
}
