using Fotograma.Auth.Accounts;
using Fotograma.Auth.Aliases;
using Fotograma.Auth.Passwords;
using Fotograma.Auth.Profile;
using Fotograma.Auth.Registration;
using Fotograma.Auth.SignIn;
using Fotograma.Auth.Storage;
using Fotograma.Auth.Tokens;
using Fotograma.Data;
using Fotograma.Fleeting;
using Fotograma.Kernel.Hosting;
using Fotograma.Kernel.Identity;
using Fotograma.Kernel.Modules;
using Fotograma.Messages;
using Fotograma.Messaging;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Auth;

/// <summary>
/// Accounts, passwords and access tokens. It alone holds the private signing key; every other module verifies tokens with the published keys.
/// </summary>
public sealed class AuthModule : IModule
{
    /// <inheritdoc/>
    public static string Name => "auth";

    /// <inheritdoc/>
    public static void AddServices(IHostApplicationBuilder builder)
    {
        builder.AddChecked<AuthOptions>(AuthOptions.Section);
        builder.AddChecked<TokenOptions>(TokenOptions.Section);
        builder.AddChecked<DataOptions>(DataOptions.Section);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<Ids>();
        builder.AddDatabase<AuthDb>("auth");
        builder.AddOutbox<AuthDb>(Name);
        builder.AddFleeting();
        builder.Services.AddSingleton<PasswordHasher>();
        builder.Services.AddSingleton<SigningKey>();
        builder.Services.AddHostedService(services => services.GetRequiredService<SigningKey>());
        builder.Services.AddSingleton<TokenIssuer>();
        builder.Services.AddSingleton<Registrar>();
        builder.Services.AddSingleton<SignInLimit>();
        builder.Services.AddSingleton<SignInDesk>();
        builder.Services.AddSingleton<SignOutDesk>();
        builder.Services.AddSingleton<ProfileEditor>();
        builder.Services.AddSingleton<AccountNews>();
        builder.AddConsumer(Name, consumer => consumer.On<QueuesMade, AccountNews>((news, made, _, cancellation) => news.RepeatAsync(made, cancellation)));
    }

    /// <inheritdoc/>
    public static void MapRoutes(IEndpointRouteBuilder routes)
    {
        RegistrationRoutes.Map(routes);
        SignInRoutes.Map(routes);
        ProfileRoutes.Map(routes);
        JwksRoute.Map(routes);
        AliasRoutes.Map(routes);
    }
}
