terraform {
  required_providers {
    vicidial = {
      source  = "vicidial/vicidial"
      version = "~> 0.1.0"
    }
  }
}

# The password comes from the environment: VICIDIAL_PASSWORD.
provider "vicidial" {
  host     = "10.10.10.5"
  database = "asterisk"
  username = "terraform"

  tls = {
    mode    = "verify_full"
    ca_file = "${path.root}/database-ca.pem"
  }
}

resource "vicidial_server" "dial1" {
  server_id           = "dial1"
  server_ip           = "10.10.10.11"
  active              = true
  max_vicidial_trunks = 120
}
