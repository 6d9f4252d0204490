1select [;], `;```, x'3b', ";", ';'''; /* /* */ select 1 -- ;
; pragma foreign_keys=off; .read