# terraform query -generate-config-out=agents.tf
list "vicidial_remote_agents" "all" {
  provider = vicidial
}
