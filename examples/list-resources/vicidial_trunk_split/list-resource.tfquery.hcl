# terraform query -generate-config-out=splits.tf
list "vicidial_trunk_split" "all" {
  provider = vicidial
}
