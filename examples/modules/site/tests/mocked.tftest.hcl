# Needs no database: what the provider would work out is made up. It tests what
# the module makes of its variable.

mock_provider "vicidial" {
  mock_resource "vicidial_node_config" {
    defaults = {
      astguiclient_conf = {}
      crontab           = {}
      fill_command      = {}
      install_command   = {}
      keepalives        = {}
      user_data         = {}
    }
  }

  # What the checks of the module look at.
  mock_data "vicidial_failover_plan" {
    defaults = { survivable = true, table = "" }
  }
  mock_data "vicidial_cluster_health" {
    defaults = { healthy = true, problems = [] }
  }
}

variables {
  secrets = {
    conf_secret           = "aSecret1"
    manager_secret        = "aSecret2"
    phone_password        = "aSecret3"
    registration_password = "aSecret4"
    carriers              = { EAST = { password = "aSecret5" }, WEST = { password = "aSecret6" } }
    seats                 = { desks = { "2000" = "aSecret7" } }
  }
  site = {
    name     = "anchor"
    database = "10.10.10.5"
    telephony = {
      dial1 = { address = "10.10.10.11", trunks = 250 }
      dial2 = { address = "10.10.10.12", trunks = 150, engine = "MEETME", weight = 50 }
    }
    campaigns = {
      SALES  = { lines = 120 }
      SURVEY = { lines = 20, nodes = ["dial2"] }
    }
    web      = { web1 = "10.10.10.31", web2 = "10.10.10.32" }
    hostname = "agents.example.com"
    carriers = {
      MAIN   = { host = "192.0.2.10", prefix = "9", failover = ["BACKUP"], inbound = true }
      BACKUP = { host = "192.0.2.20", prefix = "8" }
    }
    numbers = { "5550100" = { group_id = "SALESLINE" } }
  }
}

run "one_server_for_each_node" {
  assert {
    condition     = length(vicidial_server.telephony) == 2 && vicidial_server.telephony["dial2"].conference.engine == "MEETME"
    error_message = "Every telephony node is a server with the engine that it was given."
  }
  assert {
    condition     = vicidial_server.database[0].active_asterisk_server == false
    error_message = "The database node takes no calls."
  }
}

run "a_campaign_dials_where_it_may" {
  assert {
    condition     = join(" ", keys(vicidial_trunk_split.campaign["SALES"].servers)) == "10.10.10.11 10.10.10.12"
    error_message = "A campaign that names no node dials on all."
  }
  assert {
    condition     = join(" ", keys(vicidial_trunk_split.campaign["SURVEY"].servers)) == "10.10.10.12"
    error_message = "A campaign that names nodes dials on those alone."
  }
}

run "choices_follow_from_the_nodes" {
  assert {
    condition     = vicidial_cluster_settings.this.active_voicemail_server == "10.10.10.11"
    error_message = "The first telephony node keeps voicemail."
  }
  assert {
    condition     = vicidial_cluster_settings.this.agent_login_weights["10.10.10.12"] == 50
    error_message = "Agents are spread by weight."
  }
  assert {
    condition     = vicidial_cluster_settings.this.outbound_calls_per_second == 40
    error_message = "The fill is as fast as the nodes together."
  }
}

run "calls_go_out_and_in" {
  assert {
    condition     = length(vicidial_carrier_route.carrier["MAIN"].servers) == 2 && vicidial_carrier_route.carrier["MAIN"].dial.failover[0] == "BACKUP"
    error_message = "A carrier is on every node and fails over to the other."
  }
  assert {
    condition     = strcontains(vicidial_carrier_route.carrier["MAIN"].account_entry, "context=trunkinbound") && !strcontains(vicidial_carrier_route.carrier["BACKUP"].account_entry, "trunkinbound")
    error_message = "Only a carrier that brings calls may bring calls."
  }
  assert {
    condition     = vicidial_inbound_did.number["5550100"].did_route == "IN_GROUP"
    error_message = "A number with an in-group goes there."
  }
  assert {
    condition     = length(vicidial_haproxy_config.web["proxy"].nodes) == 2
    error_message = "The balancer spreads over all web nodes."
  }
}

run "a_failover_to_nowhere_is_refused" {
  command = plan
  variables {
    site = {
      name      = "anchor"
      database  = "10.10.10.5"
      telephony = { dial1 = { address = "10.10.10.11", trunks = 250 } }
      carriers = {
        NAME_A = { host = "192.0.2.10", prefix = "7", failover = ["NAME_B"] }
        NAME_B = { host = "192.0.2.20", prefix = "8", failover = ["NAME_C"] }
      }
    }
  }
  expect_failures = [var.site]
}

run "another_coordinator" {
  variables {
    site = {
      name        = "anchor"
      database    = "10.10.10.5"
      coordinator = "dial2"
      telephony = {
        dial1 = { address = "10.10.10.11", trunks = 250 }
        dial2 = { address = "10.10.10.12", trunks = 150 }
      }
    }
  }
  assert {
    condition     = vicidial_cluster_settings.this.active_voicemail_server == "10.10.10.12"
    error_message = "The node that is named keeps voicemail."
  }
}

run "a_coordinator_from_elsewhere_is_refused" {
  command = plan
  variables {
    site = {
      name        = "anchor"
      database    = "10.10.10.5"
      coordinator = "dial9"
      telephony   = { dial1 = { address = "10.10.10.11", trunks = 250 } }
    }
  }
  expect_failures = [var.site]
}

run "reports_without_a_replica_are_refused" {
  command = plan
  variables {
    site = {
      name      = "anchor"
      database  = "10.10.10.5"
      reports   = ["Agent Time Detail"]
      telephony = { dial1 = { address = "10.10.10.11", trunks = 250 } }
    }
  }
  expect_failures = [var.site]
}

run "a_number_that_leads_nowhere_is_refused" {
  command = plan
  variables {
    site = {
      name      = "anchor"
      database  = "10.10.10.5"
      telephony = { dial1 = { address = "10.10.10.11", trunks = 250 } }
      numbers   = { "5550100" = { description = "Front desk" } }
    }
  }
  expect_failures = [var.site]
}

run "a_number_that_leads_to_two_places_is_refused" {
  command = plan
  variables {
    site = {
      name      = "anchor"
      database  = "10.10.10.5"
      telephony = { dial1 = { address = "10.10.10.11", trunks = 250 } }
      numbers   = { "5550100" = { group_id = "SALESLINE", extension = "8600051" } }
    }
  }
  expect_failures = [var.site]
}

run "a_node_with_the_name_of_the_database_is_refused" {
  command = plan
  variables {
    site = {
      name      = "anchor"
      database  = "10.10.10.5"
      telephony = { db1 = { address = "10.10.10.11", trunks = 250 } }
    }
  }
  expect_failures = [var.site]
}

run "a_node_on_the_database_machine_is_refused" {
  command = plan
  variables {
    site = {
      name      = "anchor"
      database  = "10.10.10.5"
      telephony = { dial1 = { address = "10.10.10.5", trunks = 250 } }
    }
  }
  expect_failures = [var.site]
}

run "a_machine_may_have_two_roles" {
  variables {
    site = {
      name      = "anchor"
      database  = "10.10.10.5"
      telephony = { dial1 = { address = "10.10.10.11", trunks = 250 } }
      web       = { web1 = "10.10.10.5", web2 = "10.10.10.11" }
    }
  }
  assert {
    condition     = join(" ", sort(vicidial_node_config.this.nodes["10.10.10.5"].roles)) == "database web"
    error_message = "Web pages do not take the database's place."
  }
  assert {
    condition     = join(" ", sort(vicidial_node_config.this.nodes["10.10.10.11"].roles)) == "telephony web" && vicidial_node_config.this.nodes["10.10.10.11"].conf_engine == "CONFBRIDGE"
    error_message = "Web pages do not take the calls' place."
  }
}

run "seats_sit_on_two_nodes_each" {
  variables {
    site = {
      name      = "anchor"
      database  = "10.10.10.5"
      telephony = { dial1 = { address = "10.10.10.11" }, dial2 = { address = "10.10.10.12" }, dial28 = { address = "10.10.10.28", weight = 50 } }
      floors = {
        all   = { seats = ["3000-3099"], template = "soft", phone = { codecs_list = "ulaw" } }
        desks = { seats = ["2000"], nodes = ["dial1"], own_passwords = true }
      }
      templates = { soft = { contents = "type=friend\nhost=dynamic\n" } }
    }
  }
  assert {
    condition     = vicidial_agent_placement.floor["all"].nodes_per_seat == 2 && vicidial_agent_placement.floor["desks"].nodes_per_seat == 1
    error_message = "A seat survives the loss of a node where the floor has two."
  }
  assert {
    condition     = join(" ", [for address, node in vicidial_agent_placement.floor["all"].servers : "${node.suffix}${node.weight}"]) == "a100 b100 ab50"
    error_message = "The suffix of a node follows from its name, its seats from its weight."
  }
  assert {
    condition     = vicidial_agent_placement.floor["all"].phone.codecs_list == "ulaw" && vicidial_agent_placement.floor["all"].phone.template_id == "soft"
    error_message = "Further columns of phones are set."
  }
}

run "carriers_with_passwords" {
  variables {
    site = {
      name      = "anchor"
      database  = "10.10.10.5"
      telephony = { dial1 = { address = "10.10.10.11" }, dial2 = { address = "10.10.10.12" } }
      carriers = {
        EAST = { host = "sip.example.com", username = "account", register = true, prefix = "9", failover = ["WEST"], per_node = { dial2 = { max_channels = 5 } } }
        WEST = { host = "sip.example.net", port = 5080, protocol = "PJSIP", username = "account", register = true, prefix = "8", failover = ["EAST"], inbound = true, numbers = [{ prefix = "844", prepend = "+" }] }
      }
    }
  }
  assert {
    condition     = vicidial_carrier_route.carrier["EAST"].registration_string == "register => account:{secret:password}@sip.example.com"
    error_message = "A SIP carrier registers by its line."
  }
  assert {
    condition     = strcontains(vicidial_carrier_route.carrier["WEST"].account_entry, "client_uri=sip:account@sip.example.net:5080") && strcontains(vicidial_carrier_route.carrier["WEST"].account_entry, "match=sip.example.net")
    error_message = "A PJSIP carrier registers by a section."
  }
  assert {
    condition     = vicidial_carrier_route.carrier["EAST"].per_server["10.10.10.12"].max_channels == 5 && vicidial_carrier_route.carrier["WEST"].dial.numbers[0].prefix == "844"
    error_message = "Caps differ by node, and a carrier has several prefixes."
  }
}

run "numbers_in_bulk_and_agents_outside" {
  variables {
    site = {
      name          = "anchor"
      database      = "10.10.10.5"
      telephony     = { dial1 = { address = "10.10.10.11" } }
      number_blocks = { sales = { dids = ["8005550100-8005550199"], group_id = "SALESLINE" }, menu = { dids = ["8005550200"], menu_id = "support" } }
      remote_agents = { "9000" = { node = "dial1", campaign = "SALES", extension = "8300", lines = 10 } }
    }
  }
  assert {
    condition     = vicidial_inbound_numbers.block["sales"].did_route == "IN_GROUP" && vicidial_inbound_numbers.block["menu"].did_route == "CALLMENU"
    error_message = "A block goes where it says."
  }
  assert {
    condition     = vicidial_remote_agents.run["9000"].server_ip == "10.10.10.11" && vicidial_remote_agents.run["9000"].status == "ACTIVE"
    error_message = "Remote agents are on their node."
  }
}

run "two_proxies_share_an_address" {
  variables {
    site = {
      name            = "anchor"
      database        = "10.10.10.5"
      telephony       = { dial1 = { address = "10.10.10.11" } }
      web             = { web1 = "10.10.10.31", web2 = "10.10.10.32" }
      hostname        = "agents.example.com"
      proxy           = "nginx"
      certificate     = "/etc/nginx/agents.pem"
      certificate_key = "/etc/nginx/agents.key"
      proxies         = { one = "10.10.10.21", two = "10.10.10.22" }
      shared_address  = { address = "10.10.10.20", interface = "eth0", router_id = 7 }
    }
  }
  assert {
    condition     = join(" ", vicidial_nginx_config.web["one"].vrrp.peers) == "10.10.10.22" && length(vicidial_haproxy_config.web) == 0
    error_message = "Each proxy knows the other."
  }
  assert {
    condition     = length(output.proxies) == 2 && output.haproxy == null
    error_message = "There are files for both."
  }
}

run "a_site_that_does_not_stand_a_loss_is_warned_of" {
  override_data {
    target = data.vicidial_failover_plan.after
    values = { survivable = false, table = "dial1: 20 seats stranded" }
  }
  expect_failures = [check.node_loss]
}

run "a_campaign_on_a_node_of_elsewhere_is_refused" {
  command = plan
  variables {
    site = {
      name      = "anchor"
      database  = "10.10.10.5"
      telephony = { dial1 = { address = "10.10.10.11" }, dial2 = { address = "10.10.10.12" } }
      campaigns = { SALES = { lines = 10, nodes = ["dial9"] } }
    }
  }
  expect_failures = [var.site]
}

run "a_node_without_a_letter_is_refused" {
  command = plan
  variables {
    site = {
      name      = "anchor"
      database  = "10.10.10.5"
      telephony = { east = { address = "10.10.10.11" } }
      floors    = { all = { seats = ["2000"] } }
    }
  }
  expect_failures = [var.site]
}

run "two_nodes_with_one_letter_are_refused" {
  command = plan
  variables {
    site = {
      name      = "anchor"
      database  = "10.10.10.5"
      telephony = { east1 = { address = "10.10.10.11" }, west1 = { address = "10.10.10.12" } }
      floors    = { all = { seats = ["2000"] } }
    }
  }
  expect_failures = [var.site]
}

run "more_nodes_for_a_seat_than_there_are_is_refused" {
  command = plan
  variables {
    site = {
      name      = "anchor"
      database  = "10.10.10.5"
      telephony = { dial1 = { address = "10.10.10.11" }, dial2 = { address = "10.10.10.12" } }
      floors    = { all = { seats = ["2000"], nodes_per_seat = 3 } }
    }
  }
  expect_failures = [var.site]
}

run "a_column_that_no_phone_has_is_refused" {
  command = plan
  variables {
    site = {
      name      = "anchor"
      database  = "10.10.10.5"
      telephony = { dial1 = { address = "10.10.10.11" }, dial2 = { address = "10.10.10.12" } }
      floors    = { all = { seats = ["2000"], phone = { codec_list = "ulaw" } } }
    }
  }
  expect_failures = [var.site]
}

run "web_phones_without_a_socket_are_refused" {
  command = plan
  variables {
    site = {
      name      = "anchor"
      database  = "10.10.10.5"
      telephony = { dial1 = { address = "10.10.10.11" }, dial2 = { address = "10.10.10.12" } }
      floors    = { all = { seats = ["2000"], web_phones = true } }
    }
  }
  expect_failures = [var.site]
}

run "a_failover_that_is_on_fewer_nodes_is_refused" {
  command = plan
  variables {
    site = {
      name      = "anchor"
      database  = "10.10.10.5"
      telephony = { dial1 = { address = "10.10.10.11" }, dial2 = { address = "10.10.10.12" } }
      carriers  = { NAME_A = { host = "192.0.2.10", prefix = "7", failover = ["NAME_B"] }, NAME_B = { host = "192.0.2.20", prefix = "8", nodes = ["dial1"] } }
    }
  }
  expect_failures = [var.site]
}

run "a_carrier_without_a_host_is_refused" {
  command = plan
  variables {
    site = {
      name      = "anchor"
      database  = "10.10.10.5"
      telephony = { dial1 = { address = "10.10.10.11" }, dial2 = { address = "10.10.10.12" } }
      carriers  = { NAME_A = { prefix = "7" } }
    }
  }
  expect_failures = [var.site]
}

run "two_carriers_with_one_prefix_are_refused" {
  command = plan
  variables {
    site = {
      name      = "anchor"
      database  = "10.10.10.5"
      telephony = { dial1 = { address = "10.10.10.11" }, dial2 = { address = "10.10.10.12" } }
      carriers  = { NAME_A = { host = "192.0.2.10", prefix = "7" }, NAME_B = { host = "192.0.2.20", prefix = "8", numbers = [{ prefix = "7" }] } }
    }
  }
  expect_failures = [var.site]
}

run "a_registration_without_a_user_is_refused" {
  command = plan
  variables {
    site = {
      name      = "anchor"
      database  = "10.10.10.5"
      telephony = { dial1 = { address = "10.10.10.11" }, dial2 = { address = "10.10.10.12" } }
      carriers  = { NAME_A = { host = "192.0.2.10", prefix = "7", register = true } }
    }
  }
  expect_failures = [var.site]
}

run "a_block_that_leads_to_two_places_is_refused" {
  command = plan
  variables {
    site = {
      name          = "anchor"
      database      = "10.10.10.5"
      telephony     = { dial1 = { address = "10.10.10.11" }, dial2 = { address = "10.10.10.12" } }
      number_blocks = { a = { dids = ["1"], group_id = "X", menu_id = "y" } }
    }
  }
  expect_failures = [var.site]
}

run "an_address_that_nobody_shares_is_refused" {
  command = plan
  variables {
    site = {
      name           = "anchor"
      database       = "10.10.10.5"
      telephony      = { dial1 = { address = "10.10.10.11" }, dial2 = { address = "10.10.10.12" } }
      web            = { web1 = "10.10.10.31" }
      hostname       = "agents.example.com"
      shared_address = { address = "10.10.10.20", interface = "eth0", router_id = 7 }
    }
  }
  expect_failures = [var.site]
}

run "nginx_without_a_key_is_refused" {
  command = plan
  variables {
    site = {
      name        = "anchor"
      database    = "10.10.10.5"
      telephony   = { dial1 = { address = "10.10.10.11" }, dial2 = { address = "10.10.10.12" } }
      web         = { web1 = "10.10.10.31" }
      hostname    = "agents.example.com"
      proxy       = "nginx"
      certificate = "/etc/nginx/agents.pem"
    }
  }
  expect_failures = [var.site]
}

run "settings_of_another_machine_are_refused" {
  command = plan
  variables {
    site = {
      name          = "anchor"
      database      = "10.10.10.5"
      telephony     = { dial1 = { address = "10.10.10.11" }, dial2 = { address = "10.10.10.12" } }
      node_settings = { "10.10.10.99" = { VARserver_ip = "10.10.10.99" } }
    }
  }
  expect_failures = [var.site]
}

run "floors_without_passwords_are_refused" {
  command = plan
  variables {
    secrets = { conf_secret = "aSecret1", manager_secret = "aSecret2" }
    site = {
      name      = "anchor"
      database  = "10.10.10.5"
      telephony = { dial1 = { address = "10.10.10.11" } }
      floors    = { all = { seats = ["2000"] } }
      carriers  = { NAME_A = { host = "192.0.2.10", username = "a", prefix = "7" } }
    }
  }
  expect_failures = [var.secrets]
}
