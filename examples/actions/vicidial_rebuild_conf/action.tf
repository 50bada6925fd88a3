# terraform apply -invoke=action.vicidial_rebuild_conf.all
action "vicidial_rebuild_conf" "all" {
  config {
    timeout = "3m" # a node looks once a minute
  }
}

# Reload all files on one node, also those that do not differ, for example after
# somebody has edited them.
action "vicidial_rebuild_conf" "dial3" {
  config {
    servers = ["10.10.10.13"]
    reload  = true
    timeout = "3m"
  }
}
