variable "site" {
  description = "A whole VICIdial cluster: its nodes by name, and what they share."
  nullable    = false

  type = object({
    name                 = string
    database             = string                  # address of the database node
    database_id          = optional(string, "db1") # its server_id; "" if it has no row in servers
    database_description = optional(string)
    replica              = optional(string)           # address of the reporting replica
    reports              = optional(list(string), []) # titles of the reports that read from it
    web                  = optional(map(string), {})  # addresses of web nodes, by name; a machine may have other roles too
    coordinator          = optional(string)           # telephony node that stores voicemail; the first by name if left out

    # Telephony nodes by name, which is their server_id.
    telephony = map(object({
      address          = string
      trunks           = optional(number, 100) # lines at once; campaigns are split by it
      calls_per_second = optional(number, 20)
      engine           = optional(string, "CONFBRIDGE")
      rooms            = optional(number, 100)
      weight           = optional(number) # share of agents and seats in relation to the other nodes; 100 if left out
      login_weight     = optional(number) # the same, for logins of agents only
      suffix           = optional(string) # of its phone logins; dial1 has a, dial2 b, and so on by the number in the name
      external_address = optional(string) # address for carriers and web phones
      web_socket_url   = optional(string) # address for web phones: wss://...:8089/ws
      asterisk_version = optional(string)
      description      = optional(string)
    }))

    # Campaigns that already exist, and the lines of each. With spare = 1 a campaign has
    # them also when one node is lost.
    campaigns = optional(map(object({
      lines       = number
      nodes       = optional(list(string)) # names; all if left out
      spare       = optional(number, 0)
      trunks      = optional(map(number), {})         # exactly this many on a node, by its name
      restriction = optional(string, "MAXIMUM_LIMIT") # or OVERFLOW_ALLOWED
      elsewhere   = optional(string, "ignore")        # or block: the campaign dials on these nodes only
    })), {})

    # Agents' seats by floor: ranges such as "2000-2149".
    floors = optional(map(object({
      seats          = list(string)
      nodes          = optional(list(string)) # names; all if left out
      nodes_per_seat = optional(number)       # 2, or 1 if there is one node
      per_node = optional(map(object({        # values that differ on a node, by its name
        suffix   = optional(string)
        index    = optional(number)
        weight   = optional(number)
        capacity = optional(number) # seats at most
      })), {})
      protocol              = optional(string)               # SIP, PJSIP or IAX2; SIP if left out
      web_phones            = optional(bool, false)          # phones in the browser
      template              = optional(string)               # one of templates, or one that already exists
      outbound_cid          = optional(string)               # number that calls from the phones show
      phone                 = optional(map(string), {})      # further columns of all phones
      overrides             = optional(map(map(string)), {}) # seats or ranges -> columns that differ there
      naming                = optional(map(string), {})      # templates of logins, extensions, aliases
      own_passwords         = optional(bool, false)          # one for each seat, in secrets.seats
      assign_users          = optional(bool, false)          # users of the same numbers get the seats
      move_live_agents      = optional(bool, false)
      alias_order           = optional(string, "spread") # or keep
      alias_user_group      = optional(string)
      ignore_password_drift = optional(bool, false)
    })), {})

    # Lines of the section of a carrier or a phone, by template_id. Write {secret:NAME} in
    # place of a password, and its value into secrets.templates.
    templates = optional(map(object({
      contents = string
      name     = optional(string)
    })), {})

    # Carriers by name. The prefix of a call chooses the carrier. If it cannot take the
    # call, those in failover are tried in their order.
    carriers = optional(map(object({
      host         = optional(string)
      port         = optional(number)
      protocol     = optional(string, "SIP") # or PJSIP, PJSIP_WIZ, IAX2
      username     = optional(string)        # with secrets.carriers[...].password; without it, the carrier accepts calls by address
      register     = optional(bool, false)
      codecs       = optional(list(string), ["ulaw", "alaw"])
      template     = optional(string)
      account      = optional(string) # the whole account, in place of the attributes above
      registration = optional(string) # the whole line, in place of register
      dialplan     = optional(string) # a dialplan of your own, in place of prefix and the attributes below
      globals      = optional(string) # one dialplan variable: NAME = VALUE
      title        = optional(string) # in the admin pages; the name if left out
      description  = optional(string)
      user_group   = optional(string)
      nodes        = optional(list(string)) # names; all if left out
      all_servers  = optional(bool, false)  # one row for all nodes, also future ones
      inbound      = optional(bool, false)
      active       = optional(bool, true)

      prefix  = optional(string)
      pattern = optional(string)
      strip   = optional(number)
      prepend = optional(string)
      numbers = optional(list(object({ # further prefixes
        prefix  = string
        pattern = optional(string)
        strip   = optional(number)
        prepend = optional(string)
      })), [])
      caller_id    = optional(string)
      caller_ids   = optional(list(string), [])
      timeout      = optional(number)
      options      = optional(string)
      headers      = optional(map(string), {})
      max_channels = optional(number)  # calls at once on each node
      per_node = optional(map(object({ # values that differ on a node, by its name
        max_channels = optional(number)
        active       = optional(bool)
        carrier_id   = optional(string)
        title        = optional(string)
        description  = optional(string)
        account      = optional(string)
        registration = optional(string)
        dialplan     = optional(string)
        globals      = optional(string)
      })), {})
      failover = optional(list(string), [])
    })), {})

    # Single inbound numbers: an in-group, or an extension of the dialplan.
    numbers = optional(map(object({
      group_id    = optional(string)
      extension   = optional(string)
      description = optional(string)
    })), {})

    # Blocks of inbound numbers by name: ranges such as "8005550100-8005550199".
    number_blocks = optional(map(object({
      dids        = list(string)
      group_id    = optional(string) # an in-group, a call menu or an extension
      menu_id     = optional(string)
      route       = optional(string) # did_route, if overrides have the columns of the route
      extension   = optional(string)
      description = optional(string)
      carrier     = optional(string)               # free text
      active      = optional(bool)                 # not managed if left out; new numbers are active
      overrides   = optional(map(map(string)), {}) # numbers or ranges -> attributes that differ there
    })), {})

    # Remote agents, by the first user of each range.
    remote_agents = optional(map(object({
      node      = string
      campaign  = string
      extension = string
      lines     = optional(number, 1)
      in_groups = optional(list(string))
      active    = optional(bool, true)
    })), {})

    # The proxy in front of the web nodes; none if hostname is left out.
    hostname      = optional(string)
    proxy         = optional(string, "haproxy") # or nginx
    proxy_version = optional(string)
    proxies       = optional(map(string), {}) # addresses of the proxies, by name; Apache on the web nodes needs them
    shared_address = optional(object({        # an address that the proxies share by keepalived
      address   = string
      interface = string
      router_id = number
    }))
    certificate      = optional(string)           # file with certificate and, for HAProxy, key, on the proxy
    certificate_key  = optional(string)           # file with the key, for nginx
    admin_sources    = optional(list(string), []) # addresses that can open the admin pages
    trusted_sources  = optional(list(string), []) # addresses without a limit of logins
    websockets       = optional(map(string), {})  # sockets of web phones under the name of the proxy: path -> wss://...
    calls_per_second = optional(number)           # of the balance fill; the sum of all nodes if left out
    login_weights    = optional(bool, true)       # whether agents are divided by the weights of the nodes
    webphone_url     = optional(string)           # page of the web phone in the agent screen
    sounds_directory = optional(string)           # system_settings.sounds_web_directory: opens the audio store, on the first web node

    # The files of the nodes.
    asterisk_version = optional(string, "18.26.4-vici")
    local_gmt        = optional(string, "-5.00")
    settings         = optional(map(string), {})      # keys of astguiclient.conf, on all nodes
    node_settings    = optional(map(map(string)), {}) # the same by address of a node
    layout           = optional(string)               # vicibox or almalinux
    log_archive      = optional(string, "monthly")

    # What each plan and apply checks, with a warning.
    checks = optional(object({
      node_loss        = optional(bool, true)  # the loss of any one telephony node
      calls_per_second = optional(number)      # that the remaining nodes must place
      health           = optional(bool, true)  # problems of the cluster
      replica          = optional(bool, false) # whether the replica follows; the provider connects to it
    }), {})
  })

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_-]{0,19}$", var.site.name))
    error_message = "\"${var.site.name}\" is no name of a site: up to 20 letters, digits, _ and -, a letter first."
  }

  validation {
    condition     = length(var.site.telephony) > 0
    error_message = "Site ${var.site.name} has no telephony node."
  }

  validation {
    condition     = alltrue([for name in keys(var.site.telephony) : lower(name) != lower(var.site.database_id) && can(regex("^[A-Za-z0-9_]{1,10}$", name))])
    error_message = "Site ${var.site.name}: a telephony node is named with up to 10 letters, digits and underscores, and not ${var.site.database_id}, as the database node is."
  }

  validation {
    condition     = length(distinct(concat([var.site.database], [for node in values(var.site.telephony) : node.address]))) == 1 + length(var.site.telephony)
    error_message = "Site ${var.site.name}: the database and each telephony node have addresses of their own."
  }

  validation {
    condition     = alltrue([for address in concat([var.site.database], var.site.replica[*], values(var.site.web), values(var.site.proxies), var.site.shared_address[*].address, values(var.site.telephony)[*].address) : can(regex("^(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])([.](25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])){3}$", address))])
    error_message = "Site ${var.site.name}: machines are named by their IPv4 addresses, without leading zeros."
  }

  validation {
    condition = alltrue([for names in [keys(var.site.telephony), keys(var.site.campaigns), keys(var.site.carriers), keys(var.site.templates)] :
    length(distinct([for name in names : lower(name)])) == length(names)])
    error_message = "Site ${var.site.name}: two telephony nodes, campaigns, carriers or templates have names that differ in capital letters only, which VICIdial takes for one."
  }

  validation {
    condition     = alltrue([for node in values(var.site.telephony) : contains(["MEETME", "CONFBRIDGE"], node.engine)])
    error_message = "Site ${var.site.name}: engine of a telephony node is CONFBRIDGE or MEETME."
  }

  validation {
    condition = alltrue([for node in values(var.site.telephony) :
      node.trunks >= 0 && node.trunks <= 9999 && node.calls_per_second >= 0 && node.calls_per_second <= 200 && node.rooms >= 0 && node.rooms <= 1000 &&
    coalesce(node.weight, 0) >= 0 && coalesce(node.login_weight, 0) >= 0])
    error_message = "Site ${var.site.name}: a telephony node has up to 9999 trunks, up to 200 calls_per_second, up to 1000 rooms, and weights of 0 or more."
  }

  validation {
    condition     = var.site.database_id == "" || can(regex("^[A-Za-z0-9_]{1,10}$", var.site.database_id))
    error_message = "Site ${var.site.name}: database_id is up to 10 letters, digits and underscores, or empty."
  }

  validation {
    condition     = var.site.replica == null ? true : var.site.replica != var.site.database
    error_message = "Site ${var.site.name}: the replica is another machine than the database."
  }

  validation {
    condition     = length(var.site.reports) == 0 || var.site.replica != null
    error_message = "Site ${var.site.name}: reports can only read from a replica that the site has."
  }

  validation {
    condition     = var.site.coordinator == null ? true : contains(keys(var.site.telephony), var.site.coordinator)
    error_message = "Site ${var.site.name}: the coordinator is the name of one of the telephony nodes."
  }

  validation {
    condition = length(setsubtract(flatten([
      [for campaign in values(var.site.campaigns) : concat(coalesce(campaign.nodes, []), keys(campaign.trunks))],
      [for floor in values(var.site.floors) : concat(coalesce(floor.nodes, []), keys(floor.per_node))],
      [for carrier in values(var.site.carriers) : concat(coalesce(carrier.nodes, []), keys(carrier.per_node))],
      [for agents in values(var.site.remote_agents) : agents.node],
    ]), keys(var.site.telephony))) == 0
    error_message = "Site ${var.site.name}: campaigns, floors, carriers and remote_agents name telephony nodes of the site; ${join(", ", setsubtract(flatten([
      [for campaign in values(var.site.campaigns) : concat(coalesce(campaign.nodes, []), keys(campaign.trunks))],
      [for floor in values(var.site.floors) : concat(coalesce(floor.nodes, []), keys(floor.per_node))],
      [for carrier in values(var.site.carriers) : concat(coalesce(carrier.nodes, []), keys(carrier.per_node))],
      [for agents in values(var.site.remote_agents) : agents.node],
    ]), keys(var.site.telephony)))} is none."
  }

  validation {
    condition     = alltrue([for list in concat([for campaign in values(var.site.campaigns) : campaign.nodes], [for floor in values(var.site.floors) : floor.nodes], [for carrier in values(var.site.carriers) : carrier.nodes]) : list == null ? true : length(list) > 0 && length(distinct(list)) == length(list)])
    error_message = "Site ${var.site.name}: nodes of a campaign, a floor or a carrier names at least one node, and each once. Leave it out for all."
  }

  # Campaigns and remote agents.

  validation {
    condition     = alltrue([for campaign in values(var.site.campaigns) : length(setsubtract(keys(campaign.trunks), coalesce(campaign.nodes, keys(var.site.telephony)))) == 0])
    error_message = "Site ${var.site.name}: trunks of a campaign names nodes of the campaign."
  }

  validation {
    condition     = alltrue([for campaign in values(var.site.campaigns) : campaign.lines >= 0 && campaign.spare >= 0 && campaign.spare < length(coalesce(campaign.nodes, keys(var.site.telephony)))])
    error_message = "Site ${var.site.name}: a campaign has 0 or more lines, and spare is less than its number of nodes."
  }

  validation {
    condition     = alltrue([for campaign in values(var.site.campaigns) : contains(["MAXIMUM_LIMIT", "OVERFLOW_ALLOWED"], campaign.restriction) && contains(["ignore", "block"], campaign.elsewhere)])
    error_message = "Site ${var.site.name}: restriction of a campaign is MAXIMUM_LIMIT or OVERFLOW_ALLOWED, and elsewhere is ignore or block."
  }

  validation {
    condition     = alltrue([for user, agents in var.site.remote_agents : can(regex("^[1-9][0-9]{1,17}$", user)) && can(regex("^[0-9]{2,20}$", agents.extension)) && agents.lines >= 1 && agents.lines <= 255])
    error_message = "Site ${var.site.name}: remote agents have the number of their first user, an extension of 2 to 20 digits, and 1 to 255 lines."
  }

  # Seats.

  validation {
    condition     = alltrue([for range in flatten(values(var.site.floors)[*].seats) : can(regex("^[0-9]{1,10}(-[0-9]{1,10})?$", range)) && try(tonumber(split("-", range)[0]) <= tonumber(split("-", range)[1]), true)])
    error_message = "Site ${var.site.name}: seats of a floor are numbers and ranges such as \"2000-2149\", the lower number first."
  }

  validation {
    condition     = alltrue([for floor in values(var.site.floors) : contains(["SIP", "PJSIP", "IAX2", "Zap", "EXTERNAL"], coalesce(floor.protocol, "SIP")) && contains(["spread", "keep"], floor.alias_order)])
    error_message = "Site ${var.site.name}: protocol of a floor is SIP, PJSIP or IAX2 (or Zap or EXTERNAL, for which VICIdial writes nothing), and alias_order is spread or keep."
  }

  validation {
    condition     = alltrue([for name, node in var.site.telephony : node.suffix != null || can(regex("[0-9]+$", name)) || alltrue([for floor in values(var.site.floors) : !contains(coalesce(floor.nodes, keys(var.site.telephony)), name) || try(floor.per_node[name].suffix, null) != null])])
    error_message = "Site ${var.site.name}: a telephony node needs a suffix for its phone logins where its name does not end in a number: ${join(", ", [for name, node in var.site.telephony : name if node.suffix == null && !can(regex("[0-9]+$", name))])}."
  }

  validation {
    condition = alltrue([for floor in values(var.site.floors) : length(coalesce(floor.nodes, keys(var.site.telephony))) == length(distinct([
      for name in coalesce(floor.nodes, keys(var.site.telephony)) :
      try(coalesce(floor.per_node[name].suffix), coalesce(var.site.telephony[name].suffix), parseint(regex("[0-9]+$", name), 10), name)
    ]))])
    error_message = "Site ${var.site.name}: two telephony nodes have the same suffix in phone logins, as their names end in the same number. Set suffix of one of them."
  }

  validation {
    condition     = alltrue([for floor in values(var.site.floors) : floor.nodes_per_seat == null ? true : floor.nodes_per_seat >= 1 && floor.nodes_per_seat <= length(coalesce(floor.nodes, keys(var.site.telephony)))])
    error_message = "Site ${var.site.name}: nodes_per_seat is 1 up to the number of nodes of the floor."
  }

  validation {
    condition     = alltrue([for floor in values(var.site.floors) : length(setsubtract(keys(floor.per_node), coalesce(floor.nodes, keys(var.site.telephony)))) == 0])
    error_message = "Site ${var.site.name}: per_node of a floor names nodes of the floor."
  }

  validation {
    condition     = alltrue([for floor in values(var.site.floors) : length(setsubtract(keys(floor.phone), local.phone_columns)) == 0])
    error_message = "Site ${var.site.name}: phone of a floor has columns that it cannot set: ${join(", ", distinct(flatten([for floor in values(var.site.floors) : setsubtract(keys(floor.phone), local.phone_columns)])))}. protocol, template and outbound_cid are set beside it."
  }

  validation {
    condition     = alltrue([for floor in values(var.site.floors) : length(setsubtract(keys(floor.naming), ["login", "extension", "dialplan_number", "voicemail_id", "fullname", "alias_id", "alias_name"])) == 0])
    error_message = "Site ${var.site.name}: naming of a floor has login, extension, dialplan_number, voicemail_id, fullname, alias_id and alias_name."
  }

  validation {
    condition     = alltrue([for floor in values(var.site.floors) : !floor.web_phones || (var.site.webphone_url != null && alltrue([for name in coalesce(floor.nodes, keys(var.site.telephony)) : try(var.site.telephony[name].web_socket_url, null) != null]))])
    error_message = "Site ${var.site.name}: a floor of web phones needs webphone_url of the site, and web_socket_url of each of its nodes."
  }

  # Carriers and numbers.

  validation {
    condition     = alltrue([for name in keys(var.site.carriers) : can(regex("^[A-Za-z0-9][A-Za-z0-9_]{1,14}$", name))])
    error_message = "Site ${var.site.name}: a carrier is named with 2 to 15 letters, digits and underscores (${join(", ", keys(var.site.carriers))})."
  }

  validation {
    condition     = alltrue([for carrier in values(var.site.carriers) : can(regex("^[0-9*#+]{0,20}$", coalesce(carrier.prefix, "9"))) && alltrue([for number in carrier.numbers : can(regex("^[0-9*#+]{0,20}$", number.prefix))])])
    error_message = "Site ${var.site.name}: the prefix of a carrier is up to 20 of 0-9 * # +."
  }

  validation {
    condition     = alltrue([for carrier in values(var.site.carriers) : can(regex("^[+]?[0-9]{2,20}$", coalesce(carrier.caller_id, "00"))) && try(carrier.max_channels >= 0 && carrier.max_channels <= 32767, true)])
    error_message = "Site ${var.site.name}: caller_id of a carrier is 2 to 20 digits, + in front if need be, and max_channels is 0, for no limit, to 32767."
  }

  validation {
    condition     = alltrue([for carrier in values(var.site.carriers) : can(regex("^[A-Za-z0-9.:_-]+$", coalesce(carrier.host, "-"))) && can(regex("^[^ \t\r\n;\\[\\]]+$", coalesce(carrier.username, "-")))])
    error_message = "Site ${var.site.name}: host of a carrier is a name or an address alone, and username has no blank, semicolon or bracket."
  }

  validation {
    condition     = alltrue([for carrier in values(var.site.carriers) : carrier.port == null ? true : carrier.host != null && carrier.port >= 1 && carrier.port <= 65535])
    error_message = "Site ${var.site.name}: port of a carrier is 1 to 65535, and goes with host."
  }

  validation {
    condition     = length(setsubtract(flatten(values(var.site.carriers)[*].codecs), local.codecs)) == 0
    error_message = "Site ${var.site.name}: Asterisk knows no codec ${join(", ", setsubtract(flatten(values(var.site.carriers)[*].codecs), local.codecs))}."
  }

  validation {
    condition     = alltrue([for carrier in values(var.site.carriers) : length(distinct(carrier.failover)) == length(carrier.failover)])
    error_message = "Site ${var.site.name}: failover of a carrier names each carrier once."
  }

  validation {
    condition = alltrue([
      for name, carrier in var.site.carriers :
      alltrue([for next in carrier.failover : next != name && contains(keys(var.site.carriers), next)])
    ])
    error_message = "Site ${var.site.name}: a carrier fails over to other carriers of the site."
  }

  validation {
    condition = alltrue(flatten([
      for carrier in values(var.site.carriers) : [
        for next in carrier.failover : length(setsubtract(coalesce(carrier.nodes, keys(var.site.telephony)), try(coalesce(var.site.carriers[next].nodes, keys(var.site.telephony)), []))) == 0
      ]
    ]))
    error_message = "Site ${var.site.name}: a carrier in failover is on every node of the carrier that fails over to it."
  }

  validation {
    condition     = alltrue([for carrier in values(var.site.carriers) : contains(["SIP", "PJSIP", "PJSIP_WIZ", "IAX2"], carrier.protocol)])
    error_message = "Site ${var.site.name}: protocol of a carrier is SIP, PJSIP, PJSIP_WIZ or IAX2."
  }

  validation {
    condition     = alltrue([for carrier in values(var.site.carriers) : (carrier.host == null) == (carrier.account != null) && (carrier.account != null || carrier.protocol != "PJSIP_WIZ")])
    error_message = "Site ${var.site.name}: a carrier has a host, or an account of its own, and not both. With PJSIP_WIZ it has an account."
  }

  validation {
    condition     = alltrue([for carrier in values(var.site.carriers) : (carrier.prefix == null) != (carrier.dialplan == null) && (carrier.dialplan == null || length(concat(carrier.failover, carrier.numbers)) == 0 && carrier.max_channels == null)])
    error_message = "Site ${var.site.name}: a carrier has a prefix, or a dialplan of its own without failover, numbers and max_channels."
  }

  validation {
    condition     = alltrue([for carrier in values(var.site.carriers) : !carrier.all_servers || carrier.nodes == null])
    error_message = "Site ${var.site.name}: a carrier with all_servers names no nodes."
  }

  validation {
    condition     = alltrue([for carrier in values(var.site.carriers) : !carrier.register || (carrier.username != null && carrier.host != null && carrier.registration == null)])
    error_message = "Site ${var.site.name}: a carrier with register has a host and a username, and no registration of its own."
  }

  validation {
    condition     = alltrue([for carrier in values(var.site.carriers) : carrier.registration == null || !startswith(carrier.protocol, "PJSIP")])
    error_message = "Site ${var.site.name}: VICIdial reads registration of SIP and IAX2 carriers only; with PJSIP set register, or write a section with type=registration into account."
  }

  validation {
    condition     = alltrue([for carrier in values(var.site.carriers) : length(setsubtract(keys(carrier.per_node), coalesce(carrier.nodes, keys(var.site.telephony)))) == 0 && !(carrier.all_servers && length(carrier.per_node) > 0)])
    error_message = "Site ${var.site.name}: per_node of a carrier names nodes of the carrier, and of none with all_servers, which is one row."
  }

  validation {
    condition = length(flatten([
      for carrier in values(var.site.carriers) : concat(
        carrier.prefix == null ? [] : ["${carrier.prefix} ${coalesce(carrier.pattern, "X.")}"],
        [for number in carrier.numbers : "${number.prefix} ${coalesce(number.pattern, "X.")}"],
      )
      ])) == length(distinct(flatten([
        for carrier in values(var.site.carriers) : concat(
          carrier.prefix == null ? [] : ["${carrier.prefix} ${coalesce(carrier.pattern, "X.")}"],
          [for number in carrier.numbers : "${number.prefix} ${coalesce(number.pattern, "X.")}"],
        )
    ])))
    error_message = "Site ${var.site.name}: two carriers have one prefix and pattern."
  }

  validation {
    condition     = alltrue([for number in values(var.site.numbers) : (number.group_id == null) != (number.extension == null)])
    error_message = "Site ${var.site.name}: a number leads to an in-group (group_id) or to an extension, and to one of them only."
  }

  validation {
    condition     = alltrue([for block in values(var.site.number_blocks) : length([for to in [block.group_id, block.menu_id, block.extension, block.route] : to if to != null]) == 1])
    error_message = "Site ${var.site.name}: a block of numbers leads to an in-group (group_id), a call menu (menu_id), an extension, or where route and overrides say, and to one of them only."
  }

  # Web pages.

  validation {
    condition     = var.site.hostname == null || length(var.site.web) > 0
    error_message = "Site ${var.site.name}: a proxy needs web nodes."
  }

  validation {
    condition     = contains(["haproxy", "nginx"], var.site.proxy)
    error_message = "Site ${var.site.name}: proxy is haproxy or nginx."
  }

  validation {
    condition     = var.site.hostname != null || (length(var.site.proxies) == 0 && var.site.shared_address == null && var.site.certificate == null && length(var.site.websockets) == 0)
    error_message = "Site ${var.site.name}: proxies, shared_address, certificate and websockets need the hostname under which agents reach the proxy."
  }

  validation {
    condition     = var.site.shared_address == null || length(var.site.proxies) >= 2
    error_message = "Site ${var.site.name}: an address is shared by two proxies or more, which proxies names."
  }

  validation {
    condition = alltrue([for shared in var.site.shared_address[*] : shared.router_id >= 1 && shared.router_id <= 255 &&
    !contains(concat([var.site.database], var.site.replica[*], values(var.site.web), values(var.site.proxies), values(var.site.telephony)[*].address), shared.address)])
    error_message = "Site ${var.site.name}: a shared address is no machine's own, and its router_id is 1 to 255."
  }

  validation {
    condition     = var.site.proxy == "haproxy" ? var.site.certificate_key == null : (var.site.certificate == null) == (var.site.certificate_key == null)
    error_message = "Site ${var.site.name}: nginx takes certificate and certificate_key, HAProxy has both in certificate."
  }

  validation {
    condition     = alltrue([for source in concat(var.site.admin_sources, var.site.trusted_sources) : can(cidrhost(strcontains(source, "/") ? source : "${source}/32", 0))])
    error_message = "Site ${var.site.name}: admin_sources and trusted_sources are addresses and ranges such as 10.0.0.0/8."
  }

  # Settings and files.

  validation {
    condition     = try(var.site.calls_per_second >= 1 && var.site.calls_per_second <= 1000, true)
    error_message = "Site ${var.site.name}: calls_per_second is 1 to 1000."
  }

  validation {
    condition     = alltrue([for version in concat([var.site.asterisk_version], compact(values(var.site.telephony)[*].asterisk_version)) : can(regex("^[0-9]+[.]", version))])
    error_message = "Site ${var.site.name}: asterisk_version is a version such as 18.26.4-vici."
  }

  validation {
    condition     = can(regex("^-?[0-9]{1,2}([.][0-9]{2})?$", var.site.local_gmt)) && contains(["vicibox", "almalinux"], coalesce(var.site.layout, "vicibox")) && contains(["monthly", "daily"], var.site.log_archive)
    error_message = "Site ${var.site.name}: local_gmt is hours such as -5.00, layout is vicibox or almalinux, and log_archive is monthly or daily."
  }

  validation {
    condition     = length(setsubtract(keys(var.site.node_settings), concat([var.site.database], var.site.replica[*], values(var.site.web), [for node in values(var.site.telephony) : node.address]))) == 0
    error_message = "Site ${var.site.name}: node_settings names addresses of the site's machines, and ${join(", ", keys(var.site.node_settings))} are not all of them."
  }
}

variable "secrets" {
  description = "Passwords. They are written to the database, and are not in the state. Raise secrets_version to write them again."
  sensitive   = true
  ephemeral   = true
  default     = {}

  type = object({
    conf_secret           = optional(string)               # with which nodes register with each other
    manager_secret        = optional(string)               # of the nodes' Asterisk manager interface
    phone_password        = optional(string)               # of agents' phone logins
    registration_password = optional(string)               # with which phones register
    seats                 = optional(map(map(string)), {}) # floor -> seat -> password, for own_passwords
    carriers              = optional(map(map(string)), {}) # carrier -> NAME of {secret:NAME} -> password; password goes with username
    templates             = optional(map(map(string)), {}) # the same of templates
  })

  validation {
    condition     = var.secrets_version == null || (var.secrets.conf_secret != null && var.secrets.manager_secret != null)
    error_message = "Site ${var.site.name}: secrets.conf_secret and secrets.manager_secret are what its nodes use among themselves. With secrets_version = null all passwords stay as they are."
  }

  validation {
    condition     = var.secrets_version == null || length(var.site.floors) == 0 || var.secrets.registration_password != null
    error_message = "Site ${var.site.name} has floors: secrets.registration_password is what their phones register with."
  }

  validation {
    condition     = var.secrets_version == null || alltrue([for floor in values(var.site.floors) : floor.own_passwords || var.secrets.phone_password != null])
    error_message = "Site ${var.site.name} has floors: secrets.phone_password is what their agents log in with."
  }

  validation {
    condition     = var.secrets_version == null || alltrue([for name, floor in var.site.floors : !floor.own_passwords || contains(keys(var.secrets.seats), name)])
    error_message = "Site ${var.site.name}: secrets.seats has no passwords for a floor with own_passwords (${join(", ", [for name, floor in var.site.floors : name if floor.own_passwords])})."
  }

  validation {
    condition     = var.secrets_version == null || alltrue([for name in local.carriers_with_secrets : contains(keys(var.secrets.carriers), name)])
    error_message = "Site ${var.site.name}: secrets.carriers has no password for each carrier with one (${join(", ", local.carriers_with_secrets)})."
  }

  validation {
    condition     = var.secrets_version == null || alltrue([for name in local.templates_with_secrets : contains(keys(var.secrets.templates), name)])
    error_message = "Site ${var.site.name}: secrets.templates has no password for each template with one (${join(", ", local.templates_with_secrets)})."
  }
}

variable "secrets_version" {
  description = "Change this number when the secrets change. null leaves all passwords as they are in the database."
  type        = number
  default     = 1
}

locals {
  # Names as Asterisk spells them.
  codecs = [
    "adpcm", "alaw", "codec2", "g719", "g722", "g723", "g726", "g726aal2", "g729", "gsm", "h261", "h263", "h263p", "h264", "ilbc",
    "jpeg", "lpc10", "opus", "siren14", "siren7", "silk", "slin", "slin12", "slin16", "slin24", "slin48", "speex", "speex16",
    "speex32", "ulaw", "vp8", "vp9",
  ]

  # The secrets to write. A conditional is sensitive if one of its two values is, and
  # Terraform plans an update of an imported object for that alone; of a list, only the
  # elements are sensitive.
  secrets = [
    { conf_secret = null, manager_secret = null, phone_password = null, registration_password = null, seats = {}, carriers = {}, templates = {} },
    var.secrets,
  ][var.secrets_version == null ? 0 : 1]
}
