data "vicidial_capacity" "last_week" {
  hours = 168
}

check "no_node_is_near_its_limit" {
  assert {
    condition     = length(data.vicidial_capacity.last_week.near_limit) == 0
    error_message = join("\n", data.vicidial_capacity.last_week.findings)
  }
}

output "single_box_suffices" {
  value = data.vicidial_capacity.last_week.single_box_suffices
}
