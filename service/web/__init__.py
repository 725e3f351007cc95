"""Pages for officials and manufacturers, drawn on the server: no script, no other host.

It asks `service/desk` and `service/store`, words the answers and lays them out. It decides nothing
about leads, and every query it makes carries the viewer's scope.
"""
