data "vicidial_capacity" "month" {
  hours = 744

  depends_on = [vicidial_server.dial1, vicidial_server.dial2, vicidial_server.dial3]
}

output "single_box_suffices" {
  value = data.vicidial_capacity.month.single_box_suffices
}

output "findings" {
  value = data.vicidial_capacity.month.findings
}
