using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Fotograma.Jobs.Migrations.Sqlite
{
    /// <inheritdoc />
    internal sealed partial class DuplicatesRemoved : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "DuplicatesRemoved",
                table: "jobs",
                type: "INTEGER",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "DuplicatesRemoved",
                table: "jobs");
        }
    }
}
