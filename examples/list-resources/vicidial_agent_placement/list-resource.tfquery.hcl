# terraform query -generate-config-out=floors.tf
list "vicidial_agent_placement" "all" {
  provider = vicidial
}
