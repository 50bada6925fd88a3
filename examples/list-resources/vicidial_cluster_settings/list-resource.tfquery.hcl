# terraform query -generate-config-out=settings.tf
list "vicidial_cluster_settings" "this" {
  provider = vicidial
}
