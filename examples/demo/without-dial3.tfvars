# The cluster with one node less: terraform plan -var-file=without-dial3.tfvars
nodes = {
  dial1 = { server_ip = "10.10.20.11", trunks = 250, seats = 60, suffix = "a", rank = 3, calls_per_second = 20 }
  dial2 = { server_ip = "10.10.20.12", trunks = 150, seats = 40, suffix = "b", rank = 2 }
}
