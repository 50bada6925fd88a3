# One configuration for all sites. A site is a variable file, a database and a state:
#
#     TF_WORKSPACE=anchor terraform apply -var-file=anchor.tfvars

terraform {
  required_version = ">= 1.11"

  required_providers {
    vicidial = {
      source  = "vicidial/vicidial"
      version = "~> 0.1.0"
    }
  }
}

provider "vicidial" {
  host     = var.connection.host
  port     = var.connection.port
  database = var.connection.database
  username = var.connection.username
  password = var.passwords[var.site.name]
}

module "site" {
  source  = "../modules/site"
  secrets = var.secrets[var.site.name]
  site    = var.site
}
