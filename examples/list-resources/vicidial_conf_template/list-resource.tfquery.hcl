# terraform query -generate-config-out=templates.tf
list "vicidial_conf_template" "all" {
  provider = vicidial
  limit    = 10000
}

list "vicidial_conf_template" "web" {
  provider = vicidial
  limit    = 10000

  config {
    match = "web*"
  }
}
