0select E'a'
'b\';'; select 'a'
'b'; select a=-1, @-1, a::int[1:2]