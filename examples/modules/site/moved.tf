# New addresses of objects. See CHANGELOG.md.

moved {
  from = vicidial_carrier_route.last
  to   = vicidial_carrier_route.carrier
}

moved {
  from = vicidial_haproxy_config.web[0]
  to   = vicidial_haproxy_config.web["proxy"]
}
