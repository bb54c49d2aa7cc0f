# Which jobs lead to which. A language without recursion: each step doubles the length of the paths, six make it 64 jobs.
locals {
  followers = {
    for name, job in local.jobs : name => distinct(flatten([
      for trigger in local.trigger_list : trigger.actions[*].job if contains(trigger.when[*].job, name)
    ]))
  }
  within_2  = { for name, jobs in local.followers : name => distinct(concat(jobs, flatten([for job in jobs : lookup(local.followers, job, [])]))) }
  within_4  = { for name, jobs in local.within_2 : name => distinct(concat(jobs, flatten([for job in jobs : lookup(local.within_2, job, [])]))) }
  within_8  = { for name, jobs in local.within_4 : name => distinct(concat(jobs, flatten([for job in jobs : lookup(local.within_4, job, [])]))) }
  within_16 = { for name, jobs in local.within_8 : name => distinct(concat(jobs, flatten([for job in jobs : lookup(local.within_8, job, [])]))) }
  within_32 = { for name, jobs in local.within_16 : name => distinct(concat(jobs, flatten([for job in jobs : lookup(local.within_16, job, [])]))) }
  within_64 = { for name, jobs in local.within_32 : name => distinct(concat(jobs, flatten([for job in jobs : lookup(local.within_32, job, [])]))) }

  circular = {
    for workflow in keys(local.workflows) : workflow => [
      for name, reached in local.within_64 : name if contains(reached, name) && local.jobs[name].workflow == workflow
    ]
  }

  first_jobs = flatten([for start in local.starts : start.actions[*].job])
  started    = distinct(concat(local.first_jobs, flatten([for name in local.first_jobs : lookup(local.within_64, name, [])])))
}
