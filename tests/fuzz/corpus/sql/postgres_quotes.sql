0select 'a;''', E'\\';', U&'x;', "y;""", $a$;$$$a$; select a$b$, $1; /* /* ; */ */ select 2 -- ;
