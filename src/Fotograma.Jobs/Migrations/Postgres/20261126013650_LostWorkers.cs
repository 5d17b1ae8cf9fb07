using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Fotograma.Jobs.Migrations.Postgres
{
    /// <inheritdoc />
    internal sealed partial class LostWorkers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "Losses",
                table: "jobs",
                type: "integer",
                nullable: false,
                defaultValue: 0);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Losses",
                table: "jobs");
        }
    }
}
