output "keepalives" {
  value = { anchor = module.anchor.keepalives, harbour = module.harbour.keepalives }
}

output "allocations" {
  value = { anchor = module.anchor.allocations, harbour = module.harbour.allocations }
}
