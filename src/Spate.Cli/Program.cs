using System.CommandLine;
using Spate.Cli.Start;

var root = new RootCommand("Spate, an event streaming platform that speaks the Apache Kafka protocol.")
{
    StartCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
