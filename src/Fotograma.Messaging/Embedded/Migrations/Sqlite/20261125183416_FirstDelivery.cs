using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Fotograma.Messaging.Embedded.Migrations.Sqlite
{
    /// <inheritdoc />
    internal sealed partial class FirstDelivery : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "FirstAt",
                table: "queue",
                type: "INTEGER",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "FirstAt",
                table: "queue");
        }
    }
}
