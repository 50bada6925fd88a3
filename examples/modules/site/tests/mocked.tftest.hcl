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
    }
  }
}

variables {
  secrets = { conf_secret = "aSecret1", manager_secret = "aSecret2" }
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
    condition     = vicidial_server.database.active_asterisk_server == false
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
    condition     = length(vicidial_haproxy_config.web[0].nodes) == 2
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
        A = { host = "192.0.2.10", prefix = "7", failover = ["B"] }
        B = { host = "192.0.2.20", prefix = "8", failover = ["C"] }
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
