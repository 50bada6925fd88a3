data "vicidial_topology" "cluster" {
  title = "Contact centre north"
  proxy = { name = "haproxy", address = "10.10.10.2" }
  web_nodes = {
    web1 = "10.10.10.21"
    web2 = "10.10.10.22"
  }
}

# A page for the repository; GitHub and GitLab draw the picture.
output "cluster_md" {
  value = <<-EOT
    ```mermaid
    ${data.vicidial_topology.cluster.mermaid}
    ```
  EOT
}

# terraform output -raw cluster_svg > cluster.svg
output "cluster_svg" {
  value = data.vicidial_topology.cluster.svg
}
