resource "vicidial_conf_template" "softphone" {
  template_id   = "softphone"
  template_name = "Softphones of the floor"

  template_contents = <<-EOT
    type=friend
    host=dynamic
    context=default
    qualify=yes
    disallow=all
    allow=ulaw
  EOT
}
