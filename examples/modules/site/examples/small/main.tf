# Three telephony nodes, one carrier, forty seats.

module "site" {
  source  = "../.."
  secrets = var.secrets
  site = {
    name      = "corner"
    database  = "10.30.10.5"
    telephony = { for i in [1, 2, 3] : "dial${i}" => { address = "10.30.10.1${i}" } }
    campaigns = { SALES = { lines = 120, spare = 1 } }
    floors    = { main = { seats = ["2000-2039"] } }
    carriers  = { MAIN = { host = "192.0.2.10", prefix = "9", inbound = true } }
    numbers   = { "3125550100" = { extension = "8600051" } }
  }
}

output "site" {
  value = module.site
}
