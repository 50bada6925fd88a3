output "keepalives" {
  description = "VARactive_keepalives of each node, by address."
  value       = module.site.keepalives
}

output "allocations" {
  description = "Lines of each campaign on each node."
  value       = module.site.allocations
}

output "seats" {
  description = "Where the seats of each floor sit."
  value       = module.site.seats
}
