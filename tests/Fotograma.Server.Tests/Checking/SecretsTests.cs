using Fotograma.Server.Checking;
using Microsoft.Extensions.Configuration;

namespace Fotograma.Server.Tests.Checking;

public sealed class SecretsTests
{
    [Theory]
    [InlineData("Redis:Password", "swordfish")]
    [InlineData("S3:SecretAccessKey", "swordfish")]
    [InlineData("S3:SessionToken", "swordfish")]
    [InlineData("Mail:Smtp:Password", "swordfish")]
    [InlineData("Postgres:ConnectionString", "Host=db;Username=app;Password=swordfish;Pooling=true")]
    [InlineData("Postgres:Databases:auth", "Host=db;Pwd = 'swordfish'")]
    [InlineData("Any:Address", "amqp://app:swordfish@broker:5672/")]
    public void What_is_secret_is_not_shown(string key, string value)
    {
        var secrets = Secrets.Of(new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build());
        secrets.Hide("cannot sign in with 'swordfish' at db").ShouldBe("cannot sign in with '***' at db");
    }

    [Fact]
    public void Everything_else_is()
    {
        var secrets = Secrets.Of(new ConfigurationBuilder().AddInMemoryCollection([new("Redis:Endpoints", "db:6379"), new("Redis:Password", "")]).Build());
        secrets.Hide("no answer from db:6379").ShouldBe("no answer from db:6379");
    }
}
