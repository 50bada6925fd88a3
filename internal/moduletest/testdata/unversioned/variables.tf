variable "site" {
  description = "A whole VICIdial cluster: its nodes by name, and what they share."
  nullable    = false

  type = object({
    name     = string
    database = string                    # address of the database node
    replica  = optional(string)          # address of the reporting replica
    web      = optional(map(string), {}) # addresses of web nodes, by name; a machine may have other roles too

    # Telephony nodes by name. weight says how many agents a node takes compared
    # with the others.
    telephony = map(object({
      address          = string
      trunks           = number
      calls_per_second = optional(number, 20)
      engine           = optional(string, "CONFBRIDGE")
      rooms            = optional(number, 100)
      weight           = optional(number, 100)
    }))

    # Campaigns that are there already, and the lines that each is to have. With
    # spare = 1 they are still there when a node is lost.
    campaigns = optional(map(object({
      lines = number
      nodes = optional(list(string)) # names; all where left out
      spare = optional(number, 0)
    })), {})

    # Carriers by name, each on every telephony node, known to the carrier by
    # the nodes' addresses. A prefix chooses the carrier; where calls cannot be
    # placed over it, those in failover are tried, which have none of their own.
    carriers = optional(map(object({
      host         = string
      prefix       = string
      max_channels = optional(number)
      failover     = optional(list(string), [])
      inbound      = optional(bool, false)
    })), {})

    # Inbound numbers: an in-group, or an extension of the dialplan.
    numbers = optional(map(object({
      group_id    = optional(string)
      extension   = optional(string)
      description = optional(string)
    })), {})

    # The load balancer in front of the web nodes; none where hostname is left out.
    hostname      = optional(string)
    certificate   = optional(string)           # file with certificate and key, on the balancer
    admin_sources = optional(list(string), []) # who may reach the admin pages

    asterisk_version = optional(string, "18.26.4-vici")
    local_gmt        = optional(string, "-5.00")
    coordinator      = optional(string) # name of the telephony node that keeps voicemail; the first where left out
    reports          = optional(list(string), [])
    settings         = optional(map(string), {}) # keys of astguiclient.conf, on all nodes
    log_archive      = optional(string, "monthly")
  })

  validation {
    condition     = length(var.site.telephony) > 0
    error_message = "A site has at least one telephony node."
  }

  validation {
    condition     = alltrue([for name in keys(var.site.telephony) : lower(name) != "db1" && can(regex("^[A-Za-z0-9_]{1,10}$", name))])
    error_message = "A telephony node is named with up to 10 letters, digits and underscores. The database node is db1."
  }

  validation {
    condition     = length(distinct(concat([var.site.database], [for node in values(var.site.telephony) : node.address]))) == 1 + length(var.site.telephony)
    error_message = "The database and each telephony node have addresses of their own."
  }

  validation {
    condition     = var.site.replica == null ? true : var.site.replica != var.site.database
    error_message = "The replica is another machine than the database."
  }

  validation {
    condition     = alltrue([for number in values(var.site.numbers) : (number.group_id == null) != (number.extension == null)])
    error_message = "A number leads to an in-group (group_id) or to an extension, and to one of them only."
  }

  validation {
    condition     = var.site.coordinator == null ? true : contains(keys(var.site.telephony), var.site.coordinator)
    error_message = "The coordinator is the name of one of the telephony nodes."
  }

  validation {
    condition = alltrue([
      for campaign in values(var.site.campaigns) :
      alltrue([for name in coalesce(campaign.nodes, []) : contains(keys(var.site.telephony), name)])
    ])
    error_message = "Campaigns name telephony nodes of the site."
  }

  validation {
    condition = alltrue([
      for carrier in values(var.site.carriers) :
      alltrue([for name in carrier.failover : try(length(var.site.carriers[name].failover) == 0, false)])
    ])
    error_message = "A carrier fails over to carriers of the site that have no failover of their own."
  }

  validation {
    condition     = var.site.hostname == null || length(var.site.web) > 0
    error_message = "A load balancer needs web nodes."
  }

  validation {
    condition     = length(var.site.reports) == 0 || var.site.replica != null
    error_message = "Reports can only read from a replica that the site has."
  }
}

variable "secrets" {
  description = "Passwords that servers use among themselves. They are written, and are in no state. Count version up to write them again."
  sensitive   = true
  ephemeral   = true

  type = object({
    conf_secret    = string
    manager_secret = string
  })
}

variable "secrets_version" {
  description = "Change this number when the secrets change."
  type        = number
  default     = 1
}
