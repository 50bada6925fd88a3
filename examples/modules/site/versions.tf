terraform {
  required_version = ">= 1.11"

  required_providers {
    vicidial = {
      source  = "vicidial/vicidial"
      version = "~> 0.1.0"
    }
  }
}
