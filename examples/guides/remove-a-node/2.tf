locals {
  nodes = {
    dial1 = { server_ip = "10.10.10.11", trunks = 250, rooms = 60, suffix = "a" }
    dial2 = { server_ip = "10.10.10.12", trunks = 150, rooms = 60, suffix = "b" }
  }
}
