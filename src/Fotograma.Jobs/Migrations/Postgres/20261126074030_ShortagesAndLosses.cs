using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Fotograma.Jobs.Migrations.Postgres
{
    /// <inheritdoc />
    internal sealed partial class ShortagesAndLosses : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "Shortages",
                table: "jobs",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateIndex(
                name: "IX_jobs_State_NextRunAt",
                table: "jobs",
                columns: new[] { "State", "NextRunAt" },
                filter: "\"Losses\" > 0");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_jobs_State_NextRunAt",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "Shortages",
                table: "jobs");
        }
    }
}
