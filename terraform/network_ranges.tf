# Which of the network's ranges overlap: two do when, cut to the shorter prefix of both, they are the same.
locals {
  subnet_cidrs = coalesce(var.network.subnet_cidrs, try(cidrsubnets(var.network.cidr, 2, 2, 2), []))
  given_cidrs  = concat([var.network.cidr], coalesce(var.network.subnet_cidrs, []), var.network.connected_cidrs)

  unreadable_cidrs = [for cidr in local.given_cidrs : "'${cidr}'" if !can(cidrhost(cidr, 0)) || !can(regex("^[0-9.]+/[0-9]+$", cidr))]

  # Subnets must differ from each other; connected networks from the VPC.
  cidr_pairs = concat(
    flatten([for i, one in local.subnet_cidrs : [for j, other in local.subnet_cidrs : { one = one, other = other } if i < j]]),
    [for other in var.network.connected_cidrs : { one = var.network.cidr, other = other }],
  )
  overlapping_cidrs = [
    for pair in local.cidr_pairs : "${pair.one} and ${pair.other}" if try(
      cidrsubnet("${split("/", pair.one)[0]}/${min(split("/", pair.one)[1], split("/", pair.other)[1])}", 0, 0) ==
      cidrsubnet("${split("/", pair.other)[0]}/${min(split("/", pair.one)[1], split("/", pair.other)[1])}", 0, 0), false
    )
  ]
  outside_cidrs = [
    for cidr in local.subnet_cidrs : cidr if try(
      split("/", cidr)[1] < split("/", var.network.cidr)[1] ||
      cidrsubnet("${split("/", cidr)[0]}/${split("/", var.network.cidr)[1]}", 0, 0) != cidrsubnet(var.network.cidr, 0, 0), false
    )
  ]
}

resource "terraform_data" "network" {
  input = local.given_cidrs

  lifecycle {
    precondition {
      condition     = length(local.unreadable_cidrs) == 0
      error_message = "network has ${join(", ", local.unreadable_cidrs)}; it takes IPv4 ranges such as 10.40.0.0/20."
    }
    precondition {
      condition     = length(local.overlapping_cidrs) == 0
      error_message = "network has ranges that overlap: ${join(", ", local.overlapping_cidrs)}."
    }
    precondition {
      condition     = length(local.outside_cidrs) == 0
      error_message = "network has subnets outside ${var.network.cidr}: ${join(", ", local.outside_cidrs)}."
    }
  }
}
