using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Spate.Client.Hosting.Consuming;

/// <summary>Puts services that consume into a program.</summary>
public static class KafkaConsumerServices
{
    /// <summary>
    /// Adds a service that consumes: it begins and ends with the program, and can be asked for by its type. Add it after what it needs, since the host stops its services in the opposite order.
    /// Added twice it is there once; one that was registered as a singleton before is taken as it is.
    /// </summary>
    /// <typeparam name="TService">The service, whose constructor takes a <see cref="KafkaClient"/> and whatever else it needs from the program's services.</typeparam>
    /// <param name="services">The program's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddKafkaConsumer<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TService>(this IServiceCollection services)
        where TService : HostedConsumer
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton<TService>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, TService>(static provider => provider.GetRequiredService<TService>()));
        return services;
    }
}
