export default { providers: [{ domain: "https://login.example.com", applicationID: "notes" }] };
