-- Files are compressed where that was asked for; and a piece as it is can be read from the middle.
ALTER TABLE "export_chunks" ALTER COLUMN "bytes" SET STORAGE EXTERNAL;
