using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Fotograma.Jobs.Migrations.Postgres
{
    /// <inheritdoc />
    internal sealed partial class SoleSweep : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "SweepHeldUntil",
                table: "installation",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "Sweeper",
                table: "installation",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "SweptAt",
                table: "installation",
                type: "bigint",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "SweepHeldUntil",
                table: "installation");

            migrationBuilder.DropColumn(
                name: "Sweeper",
                table: "installation");

            migrationBuilder.DropColumn(
                name: "SweptAt",
                table: "installation");
        }
    }
}
