0copy t (a) from stdin;
1;'
\.
select 2;