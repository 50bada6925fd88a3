terraform {
  required_version = ">= 1.11"

  required_providers {
    vicidial = {
      source  = "vicidial/vicidial"
      version = "~> 0.1.0"
    }
  }
}

# Where the database is say VICIDIAL_HOST and its kin.
provider "vicidial" {}
