"""The Redshift Data API: moto (5.2.5) keeps statements, here they run in the stack's warehouse.

There is no workgroup or cluster to name on a laptop: `WorkgroupName` or `ClusterIdentifier` takes any name, `Database`
says which database is meant. As in AWS, a call returns before its statements have run.
"""
