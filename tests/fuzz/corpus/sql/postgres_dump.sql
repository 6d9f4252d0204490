0﻿--
\restrict abc

SET client_encoding = 'UTF8';
select 'é';
\unrestrict abc
