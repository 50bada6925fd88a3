terraform {
  required_version = ">= 1.11"

  required_providers {
    vicidial = {
      source  = "vicidial/vicidial"
      version = "~> 0.1.0"
    }
  }
}

# VICIDIAL_HOST, VICIDIAL_USERNAME and VICIDIAL_PASSWORD configure the connection.
provider "vicidial" {}
