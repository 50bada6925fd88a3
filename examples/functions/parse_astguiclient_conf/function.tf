locals {
  node = provider::vicidial::parse_astguiclient_conf(<<-END
    VARserver_ip => 10.10.10.11
    VARactive_keepalives => 12345 68  # as VICIdial reads it: 1234568
    VARDB_server => 10.10.10.5
  END
  )
}

# Without other instructions, install.pl gives every node the adaptive dialer.
check "one_adaptive_dialer" {
  assert {
    condition     = !strcontains(local.node.VARactive_keepalives, "5")
    error_message = "Node ${local.node.VARserver_ip} runs AST_VDadapt.pl, which belongs on the database node only."
  }
}
