using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Fotograma.Messaging.Embedded.Migrations.Postgres
{
    /// <inheritdoc />
    internal sealed partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "dead_letters",
                columns: table => new
                {
                    Sequence = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    GroupName = table.Column<string>(type: "text", nullable: false),
                    Body = table.Column<byte[]>(type: "bytea", nullable: false),
                    Reason = table.Column<string>(type: "text", nullable: false),
                    At = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_dead_letters", x => x.Sequence);
                });

            migrationBuilder.CreateTable(
                name: "queue",
                columns: table => new
                {
                    Sequence = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    GroupName = table.Column<string>(type: "text", nullable: false),
                    EventId = table.Column<Guid>(type: "uuid", nullable: false),
                    Subject = table.Column<string>(type: "text", nullable: false),
                    Body = table.Column<byte[]>(type: "bytea", nullable: false),
                    VisibleAt = table.Column<long>(type: "bigint", nullable: false),
                    Deliveries = table.Column<int>(type: "integer", nullable: false),
                    Token = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_queue", x => x.Sequence);
                });

            migrationBuilder.CreateTable(
                name: "subscriptions",
                columns: table => new
                {
                    Type = table.Column<string>(type: "text", nullable: false),
                    GroupName = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_subscriptions", x => new { x.Type, x.GroupName });
                });

            migrationBuilder.CreateIndex(
                name: "IX_dead_letters_GroupName_Sequence",
                table: "dead_letters",
                columns: new[] { "GroupName", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_queue_GroupName_EventId",
                table: "queue",
                columns: new[] { "GroupName", "EventId" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_queue_GroupName_Subject_Sequence",
                table: "queue",
                columns: new[] { "GroupName", "Subject", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_queue_GroupName_VisibleAt",
                table: "queue",
                columns: new[] { "GroupName", "VisibleAt" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "dead_letters");

            migrationBuilder.DropTable(
                name: "queue");

            migrationBuilder.DropTable(
                name: "subscriptions");
        }
    }
}
