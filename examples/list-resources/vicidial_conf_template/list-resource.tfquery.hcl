# terraform query -generate-config-out=templates.tf
list "vicidial_conf_template" "all" {
  provider = vicidial
}
