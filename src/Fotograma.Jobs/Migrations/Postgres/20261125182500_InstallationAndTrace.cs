using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Fotograma.Jobs.Migrations.Postgres
{
    /// <inheritdoc />
    internal sealed partial class InstallationAndTrace : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "TraceParent",
                table: "jobs",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "installation",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false),
                    Ledger = table.Column<Guid>(type: "uuid", nullable: false),
                    Sweeps = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_installation", x => x.Id);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "installation");

            migrationBuilder.DropColumn(
                name: "TraceParent",
                table: "jobs");
        }
    }
}
