# Two clusters, each with a database of its own, from one module.

terraform {
  required_version = ">= 1.11"

  required_providers {
    vicidial = {
      source  = "vicidial/vicidial"
      version = "~> 0.1"
    }
  }
}

provider "vicidial" {
  alias    = "anchor"
  host     = var.databases.anchor.host
  port     = var.databases.anchor.port
  database = var.databases.anchor.database
  username = var.databases.anchor.username
  password = var.databases.anchor.password
}

provider "vicidial" {
  alias    = "harbour"
  host     = var.databases.harbour.host
  port     = var.databases.harbour.port
  database = var.databases.harbour.database
  username = var.databases.harbour.username
  password = var.databases.harbour.password
}

module "anchor" {
  source    = "../modules/site"
  providers = { vicidial = vicidial.anchor }
  secrets   = var.secrets

  site = {
    name     = "anchor"
    database = "10.10.10.5"
    replica  = "10.10.10.6"
    web      = { web1 = "10.10.10.31", web2 = "10.10.10.32" }
    telephony = {
      dial1 = { address = "10.10.10.11", trunks = 250 }
      dial2 = { address = "10.10.10.12", trunks = 250 }
      dial3 = { address = "10.10.10.13", trunks = 250, weight = 50 }
    }
    campaigns = {
      SALES  = { lines = 300, spare = 1 }
      SURVEY = { lines = 40, nodes = ["dial3"] }
    }
    reports = ["Agent Time Detail", "Export Calls Report"]
    carriers = {
      MAIN   = { host = "192.0.2.10", prefix = "9", max_channels = 150, failover = ["BACKUP"], inbound = true }
      BACKUP = { host = "192.0.2.20", prefix = "8" }
    }
    numbers       = { "5550100" = { extension = "8600051", description = "Front desk" } }
    hostname      = "agents.example.com"
    certificate   = "/etc/haproxy/agents.pem"
    admin_sources = ["10.10.0.0/16"]
  }
}

module "harbour" {
  source    = "../modules/site"
  providers = { vicidial = vicidial.harbour }
  secrets   = var.secrets

  site = {
    name        = "harbour"
    database    = "10.20.10.5"
    coordinator = "dial2"
    telephony = {
      dial1 = { address = "10.20.10.11", trunks = 100, engine = "MEETME" }
      dial2 = { address = "10.20.10.12", trunks = 100, engine = "MEETME" }
    }
    campaigns = { SALES = { lines = 80 } }
    carriers  = { MAIN = { host = "192.0.2.10", prefix = "9" } }
  }
}
