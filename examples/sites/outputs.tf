output "keepalives" {
  description = "VARactive_keepalives of each node, by address."
  value       = module.site.keepalives
}

output "allocations" {
  description = "Lines of each campaign on each node."
  value       = module.site.allocations
}

output "seats" {
  description = "The nodes of the seats of each floor."
  value       = module.site.seats
}
