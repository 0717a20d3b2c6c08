import { httpRouter } from "convex/server";
import { $name } from "./$domain/http";

const http = httpRouter();

http.route({ path: "$route", method: "GET", handler: $name });

export default http;
