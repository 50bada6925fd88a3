data "vicidial_adoption" "cluster" {}

# terraform output -json files | jq -r '."servers.tf"' > servers.tf
output "files" {
  value = data.vicidial_adoption.cluster.files
}
